/**
 * Regular expressions (RE2 syntax) that are compiled and searched within bounds, what mends those
 * that are none, and what is probably wrong with those that are. Not exported.
 */
@NullMarked
package dev.alcada.internal.regex;

import org.jspecify.annotations.NullMarked;
