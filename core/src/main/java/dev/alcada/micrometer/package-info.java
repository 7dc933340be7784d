/**
 * Decisions as metrics of Micrometer: begin with {@link dev.alcada.micrometer.GuardMetrics}. Needs
 * {@code io.micrometer:micrometer-core}.
 */
@NullMarked
package dev.alcada.micrometer;

import org.jspecify.annotations.NullMarked;
