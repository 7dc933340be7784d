/**
 * Decisions on the spans of OpenTelemetry: begin with {@link dev.alcada.opentelemetry.GuardSpans}.
 * Needs {@code io.opentelemetry:opentelemetry-api}.
 */
@NullMarked
package dev.alcada.opentelemetry;

import org.jspecify.annotations.NullMarked;
