/**
 * Advice before a policy is put in force: how risky a tool is, a policy to start from, and what of
 * a policy does not fit the tools it is for. Pure and offline.
 */
@NullMarked
package dev.alcada.advice;

import org.jspecify.annotations.NullMarked;
