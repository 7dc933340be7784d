/**
 * Guards the tools of a Spring Boot application: with {@code alcada.policy} set, every tool that it
 * publishes to MCP clients or gives to a chat model goes through the guard, and the start fails
 * where one could be reached past it.
 *
 * <p>For Spring Boot 4 and Spring AI 2. Found by Boot's auto-configuration; without {@code
 * alcada.policy} nothing here is in force.
 */
@NullMarked
package dev.alcada.spring;

import org.jspecify.annotations.NullMarked;
