package dev.alcada.decision;

import dev.alcada.decision.Decision.Denied;

/**
 * The denials that no rule of a document makes, each with its one text. The public ones are for the
 * guard, and for other tools that decide by what {@link CompiledPolicy} says.
 */
public final class Denials {
  /** The call carries no grant. */
  public static final Denied NO_GRANT =
      Denied.of(
          DecisionCode.NO_GRANT,
          "(no grant)",
          "The call carries no grant, so no policy applies to it. Sign in and call again; if you are"
              + " signed in, tell the operator.");

  /** No policy is known for the call's grant. */
  public static final Denied NO_POLICY =
      Denied.of(
          DecisionCode.NO_POLICY,
          "(no policy)",
          "No policy is known for this grant. Ask the operator for access.");

  /** The tool was pinned, and is not known to be as it was then. */
  public static final Denied TOOL_CHANGED =
      Denied.of(
          DecisionCode.TOOL_CHANGED,
          "(pinned)",
          "This tool is not as it was when a person accepted it, so the call was not made. Use"
              + " another tool, or ask the operator to look at it.");

  /** The tool is not pinned, where tools have to be. */
  public static final Denied TOOL_UNPINNED =
      Denied.of(
          DecisionCode.TOOL_UNPINNED,
          "(pinned)",
          "No person has accepted this tool yet, so the call was not made. Use another tool, or ask"
              + " the operator to accept it.");

  /** A store of counters or approvals could not be reached, or gave no answer in time. */
  public static final Denied STORE_UNAVAILABLE =
      Denied.of(
          DecisionCode.STORE_UNAVAILABLE,
          "(store unavailable)",
          "The limits or approvals of this call could not be checked, so it was not made. Try again"
              + " later.");

  /** The call could not be recorded where it must be before it is made. */
  public static final Denied NOT_RECORDED =
      Denied.of(
          DecisionCode.NOT_RECORDED,
          "(not recorded)",
          "This call must be recorded before it is made, and it could not be, so it was not made."
              + " Try again later, or tell the operator.");

  /** Something of the library's own failed. */
  public static final Denied INTERNAL =
      Denied.of(
          DecisionCode.INTERNAL,
          "(internal)",
          "The policy could not be applied to this call, so it was not made. Tell the operator.");

  private static final String NO_TEXT =
      "All tools are stopped by the operator. Do not call again until you are told to.";

  static final Denied TOO_LARGE =
      Denied.of(
          DecisionCode.TOO_LARGE,
          "(too large)",
          "The call is too large to be judged: at most 64 levels, 100,000 values, 4 MiB of text, and"
              + " numbers of 1,000 digits with exponents up to 10,000. Send less.");

  static final Denied UNREADABLE =
      Denied.of(
          DecisionCode.UNJUDGED,
          "(arguments)",
          "The arguments could not be read as a JSON object. Send them as one.");

  static final Denied NOT_LISTED =
      Denied.of(
              DecisionCode.NOT_LISTED,
              "(default deny)",
              "The policy does not list this tool, and denies what it does not list. Use another"
                  + " tool, or ask the operator to list it.")
          .withLocation("/default");

  private static final Denied HIDDEN =
      Denied.of(DecisionCode.HIDDEN, "(hidden)", "This tool is not available. Use another tool.");

  private Denials() {}

  /**
   * Returns the denial of every call while all are stopped.
   *
   * @param text what the agent is told; a blank one is replaced by one that says so
   */
  public static Denied halted(String text) {
    return Denied.of(DecisionCode.HALTED, "(halted)", text.isBlank() ? NO_TEXT : text);
  }

  /** {@return the denial of a tool that is not listed, where a policy hides all that are not} */
  static Denied hidden() {
    return HIDDEN.withLocation("/hide");
  }

  /** {@return the denial of a tool that an entry of {@code hide} hides} */
  static Denied hidden(int entry) {
    return HIDDEN.withLocation("/hide/" + entry);
  }
}
