package dev.alcada.guard;

import dev.alcada.counter.Reservation;
import dev.alcada.decision.Judgement;

/**
 * What a shadow rule holds for a call, in counters of its own.
 *
 * @param reservation what is held
 * @param judgement what the rule said, which knows what marks the call may leave
 */
record ShadowHeld(Reservation reservation, Judgement judgement) {}
