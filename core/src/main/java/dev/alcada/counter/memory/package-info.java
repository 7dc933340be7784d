/**
 * Exact counts in this process's memory: {@link dev.alcada.counter.memory.InMemoryCounterStore}.
 */
@NullMarked
package dev.alcada.counter.memory;

import org.jspecify.annotations.NullMarked;
