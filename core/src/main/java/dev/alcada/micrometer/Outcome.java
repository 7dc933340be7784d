package dev.alcada.micrometer;

import dev.alcada.decision.Decision;

/** What a decision comes to, as a label. */
enum Outcome {
  ALLOWED("allowed"),
  DENIED("denied"),
  ASKED("approval_required");

  final String label;

  Outcome(String label) {
    this.label = label;
  }

  static Outcome of(Decision decision) {
    return decision instanceof Decision.Allowed
        ? ALLOWED
        : decision instanceof Decision.Denied ? DENIED : ASKED;
  }
}
