/** Several processes that share one limit. */
@NullMarked
package dev.alcada.examples.fleet;

import org.jspecify.annotations.NullMarked;
