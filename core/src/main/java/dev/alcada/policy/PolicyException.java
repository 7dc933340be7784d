package dev.alcada.policy;

import dev.alcada.internal.document.Fault;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.UnreadableException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Thrown when a policy document does not load; holds every problem of the document. */
public final class PolicyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Not carried along when the exception is serialised; the message lists the same. */
  private final transient List<PolicyProblem> problems;

  private final @Nullable String halt;

  private PolicyException(
      String document,
      List<PolicyProblem> problems,
      @Nullable Throwable cause,
      @Nullable String halt) {
    super(message(document, problems), cause);
    this.problems = problems;
    this.halt = halt;
  }

  static PolicyException of(
      String document, List<Fault> faults, @Nullable Throwable cause, @Nullable String halt) {
    return new PolicyException(
        document, faults.stream().map(PolicyProblem::of).toList(), cause, halt);
  }

  static PolicyException of(String document, UnreadableException e) {
    String text = e.text();
    String halt = text == null ? null : DocumentReader.haltOfBroken(text);
    return of(document, List.of(e.fault()), e.getCause(), halt);
  }

  /** {@return what is wrong, in the order of the document's text; at least one problem} */
  public List<PolicyProblem> problems() {
    return problems;
  }

  /**
   * Returns what the agent is told if the document halts everything, which it does even though the
   * rest of it does not load; {@code null} if it says no such thing. {@link PolicyFile} obeys it.
   */
  public @Nullable String halt() {
    return halt;
  }

  private static String message(String document, List<PolicyProblem> problems) {
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(
            Collectors.joining(
                "",
                Spelling.visible(document)
                    + " has "
                    + (problems.size() == 1 ? "a problem:" : problems.size() + " problems:"),
                ""));
  }
}
