/**
 * The seam to what keeps counts: {@link dev.alcada.counter.CounterStore} reserves several limits at
 * once or none.
 */
@NullMarked
package dev.alcada.counter;

import org.jspecify.annotations.NullMarked;
