package dev.alcada.counter;

/** What came of an attempt to reserve: a {@link Reservation} or a {@link Refusal}. */
public sealed interface ReserveResult permits Reservation, Refusal {}
