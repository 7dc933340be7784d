/**
 * What users of the library test with: {@link dev.alcada.testing.ManualTime}, clocks that a test
 * moves; {@link dev.alcada.testing.GovernedTools}, that no tool of a server runs past its guard;
 * and the contract of a counter store as tests to extend, {@link
 * dev.alcada.testing.CounterStoreKit}.
 */
@NullMarked
package dev.alcada.testing;

import org.jspecify.annotations.NullMarked;
