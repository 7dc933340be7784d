/** Programs to copy from: each guards an agent's tools with a policy document. */
@NullMarked
package dev.alcada.examples;

import org.jspecify.annotations.NullMarked;
