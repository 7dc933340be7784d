package dev.alcada.counter;

/**
 * What a counter is apart from the values it counts by: limits with equal identity share their
 * counts.
 *
 * @param space keeps apart what must never share: the named counters of documents, the shorthand
 *     limits of tools, and those that only report
 * @param name the counter's name within its space
 * @param scope what it counts by, for example {@code grant} or {@code args.payer.document}
 * @param decimals how many decimal places of the amounts its units are
 * @param window the span of time it looks back on
 */
public record CounterId(String space, String name, String scope, int decimals, Window window) {}
