package dev.alcada.policy;

import org.jspecify.annotations.Nullable;

/**
 * One comparison of a call's value with the document's.
 *
 * @param path where in the call the value is found
 * @param op how it is compared
 * @param value what it is compared with, as the document has it: {@code null}, {@link Boolean},
 *     {@link String}, {@link java.math.BigDecimal}, or an unmodifiable {@link java.util.List} or
 *     {@link java.util.Map} of those
 */
public record Condition(ValuePath path, Operator op, @Nullable Object value) {}
