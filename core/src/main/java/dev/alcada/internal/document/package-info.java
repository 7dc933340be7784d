/**
 * A text, JSON or YAML, or Java values as one tree with places, and what was found, expected and
 * likely meant where something is wrong. Not exported.
 */
@NullMarked
package dev.alcada.internal.document;

import org.jspecify.annotations.NullMarked;
