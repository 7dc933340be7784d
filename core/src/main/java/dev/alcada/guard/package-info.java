/** The decorator around a tool handler: decide, reserve, ask, run, settle, report. */
@NullMarked
package dev.alcada.guard;

import org.jspecify.annotations.NullMarked;
