/** The one source of time, and the spans of time that counters look back on. */
@NullMarked
package dev.alcada.time;

import org.jspecify.annotations.NullMarked;
