/**
 * What users of the library test with: {@link dev.alcada.testing.ManualTime}, clocks that a test
 * moves; {@link dev.alcada.testing.GovernedTools}, that no tool of a server runs past its guard;
 * and the contracts of the stores as tests to extend, {@link dev.alcada.testing.CounterStoreKit}
 * and {@link dev.alcada.testing.ApprovalStoreKit}.
 */
@NullMarked
package dev.alcada.testing;

import org.jspecify.annotations.NullMarked;
