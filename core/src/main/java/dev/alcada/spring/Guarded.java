package dev.alcada.spring;

/** Marks what has been put behind the guard. */
interface Guarded {}
