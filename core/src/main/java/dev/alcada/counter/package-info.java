/** Counters over windows of time: reserve several limits at once or none. */
@NullMarked
package dev.alcada.counter;

import org.jspecify.annotations.NullMarked;
