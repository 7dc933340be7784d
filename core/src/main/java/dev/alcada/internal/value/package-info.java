/**
 * Values of JSON that cannot change, exact numbers, names as they are compared, and the one
 * spelling of a value. Not exported.
 */
@NullMarked
package dev.alcada.internal.value;

import org.jspecify.annotations.NullMarked;
