package dev.alcada.counter;

/**
 * What one call adds to one count, and the most that count may hold.
 *
 * @param key the count
 * @param max the most it may hold within its window, in the counter's units, 0 to 4·10¹⁸
 * @param amount what the call adds, in the same units, at least 0
 * @param releasable whether the amount is given back when the call turns out to have done nothing
 */
public record Charge(CounterKey key, long max, long amount, boolean releasable) {}
