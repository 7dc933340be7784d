/** A gateway: any MCP server, in any language, behind one policy. */
@NullMarked
package dev.alcada.examples.gateway;

import org.jspecify.annotations.NullMarked;
