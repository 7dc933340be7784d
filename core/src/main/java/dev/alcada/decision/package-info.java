/** A tool call, who makes it, and what a policy decides about it: pure, without state or I/O. */
@NullMarked
package dev.alcada.decision;

import org.jspecify.annotations.NullMarked;
