package dev.alcada.decision;

/**
 * What a policy says of a tool before anybody calls it, to be looked at in a test or at a host's
 * start. Immutable.
 *
 * <p>A tool that is {@linkplain #governed governed} is denied, counted or named by a rule; one that
 * is not runs as often as an agent likes, because {@code default: allow} lets through what nobody
 * thought of.
 */
public final class Coverage {
  private final String tool;
  private final boolean hidden;
  private final boolean denied;
  private final boolean listed;
  private final boolean limited;
  private final boolean asks;

  private Coverage(
      String tool, boolean hidden, boolean denied, boolean listed, boolean limited, boolean asks) {
    this.tool = tool;
    this.hidden = hidden;
    this.denied = denied;
    this.listed = listed;
    this.limited = limited;
    this.asks = asks;
  }

  /**
   * Returns the coverage of a tool that nobody may see or call, as where no policy applies.
   *
   * @param tool the tool's name
   */
  public static Coverage hidden(String tool) {
    return new Coverage(tool, true, true, false, false, false);
  }

  static Coverage denied(String tool, boolean listed) {
    return new Coverage(tool, false, true, listed, false, false);
  }

  static Coverage open(String tool, boolean listed, boolean limited, boolean asks) {
    return new Coverage(tool, false, false, listed, limited, asks);
  }

  /** {@return the tool's name} */
  public String tool() {
    return tool;
  }

  /** {@return whether the tool is left out of lists, and denied when called} */
  public boolean hidden() {
    return hidden;
  }

  /**
   * Returns whether every call is denied: the tool is hidden, its rule says so, or no rule lists it
   * and the policy denies what it does not list.
   */
  public boolean denied() {
    return denied;
  }

  /**
   * Returns whether a rule of {@code tools} is for this tool, by its name or by a pattern; false
   * where it is hidden, since that decides first.
   */
  public boolean listed() {
    return listed;
  }

  /** {@return whether a limit of the tool's rule or of {@code all_tools} counts its calls} */
  public boolean limited() {
    return limited;
  }

  /** {@return whether there are calls of it that a person has to approve} */
  public boolean asks() {
    return asks;
  }

  /** {@return whether the tool is denied, listed or limited} */
  public boolean governed() {
    return denied || listed || limited;
  }

  /**
   * {@return the tool's name and what holds for it, for example {@code refund: listed, limited}}
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(tool).append(": ");
    if (hidden) {
      return text.append("hidden").toString();
    }
    text.append(listed ? "listed" : "unlisted");
    text.append(denied ? ", denied" : "").append(limited ? ", limited" : "");
    return text.append(asks ? ", asks" : "").append(governed() ? "" : ", not governed").toString();
  }
}
