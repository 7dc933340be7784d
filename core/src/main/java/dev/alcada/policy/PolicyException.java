package dev.alcada.policy;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Thrown when a policy document does not load; holds every problem of the document. */
public final class PolicyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Not carried along when the exception is serialised; the message lists the same. */
  private final transient List<Problem> problems;

  PolicyException(String document, List<Problem> problems, @Nullable Throwable cause) {
    super(message(document, problems), cause);
    this.problems = List.copyOf(problems);
  }

  /** {@return what is wrong, in the order of the document's text; at least one problem} */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(String document, List<Problem> problems) {
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(
            Collectors.joining(
                "",
                document
                    + " has "
                    + (problems.size() == 1 ? "a problem:" : problems.size() + " problems:"),
                ""));
  }
}
