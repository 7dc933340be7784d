package dev.alcada.policy;

/** Whether a tool's rule decides, or only reports what it would have decided. */
public enum Mode {
  /** The rule decides. */
  ENFORCE,
  /** The rule never denies, asks, delays or charges an enforced counter; it is reported. */
  SHADOW
}
