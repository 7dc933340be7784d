/** A guarded tool that moves money, and the page on which a person approves what is large. */
@NullMarked
package dev.alcada.examples.desk;

import org.jspecify.annotations.NullMarked;
