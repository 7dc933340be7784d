package dev.alcada.approval;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A person's answer to an approval request. Immutable.
 *
 * <p>Who answers is what the host has authenticated, never what somebody typed: one who may choose
 * the name may be two people.
 */
public final class Answer {
  private static final int MAX_APPROVER_LENGTH = 200;
  private static final int MAX_NOTE_LENGTH = 2_000;
  private static final int MAX_ROLES = 100;

  private final boolean approved;
  private final String approver;
  private final Set<String> roles;
  private final @Nullable String note;
  private final boolean identified;

  private Answer(
      boolean approved,
      String approver,
      Set<String> roles,
      @Nullable String note,
      boolean identified) {
    this.approved = approved;
    this.approver = approver;
    this.roles = roles;
    this.note = note;
    this.identified = identified;
  }

  /**
   * Returns a yes.
   *
   * @param approver who answers, 1 to 200 characters; never the requester, however it is spelt
   * @throws IllegalArgumentException if the name is out of its range
   */
  public static Answer approve(String approver) {
    return new Answer(true, checked(approver), Set.of(), null, true);
  }

  /**
   * Returns a no.
   *
   * @param approver who answers, 1 to 200 characters
   * @throws IllegalArgumentException if the name is out of its range
   */
  public static Answer deny(String approver) {
    return new Answer(false, checked(approver), Set.of(), null, true);
  }

  private static String checked(String approver) {
    if (approver.isBlank() || approver.length() > MAX_APPROVER_LENGTH) {
      throw new IllegalArgumentException(
          "approver must be a name of 1 to " + MAX_APPROVER_LENGTH + " characters");
    }
    return approver;
  }

  /**
   * Returns this answer with a note.
   *
   * @param newNote what the agent is told with it, at most 2,000 characters, or {@code null} for
   *     nothing
   * @throws IllegalArgumentException if it is longer
   */
  public Answer withNote(@Nullable String newNote) {
    if (newNote != null && newNote.length() > MAX_NOTE_LENGTH) {
      throw new IllegalArgumentException(
          "note must be at most " + MAX_NOTE_LENGTH + " characters, not " + newNote.length());
    }
    return new Answer(approved, approver, roles, newNote, identified);
  }

  /**
   * Returns this answer with the roles of its approver.
   *
   * @param newRoles the roles as the host authenticated them, at most 100
   * @throws IllegalArgumentException if there are more
   * @throws IllegalStateException if the answer is {@linkplain #unidentified unidentified}
   */
  public Answer withRoles(Set<String> newRoles) {
    if (!identified && !newRoles.isEmpty()) {
      throw new IllegalStateException("nobody knows who answers, so no roles are known either");
    }
    if (newRoles.size() > MAX_ROLES) {
      throw new IllegalArgumentException("roles must be at most " + MAX_ROLES);
    }
    return new Answer(approved, approver, Set.copyOf(newRoles), note, identified);
  }

  /**
   * Returns this answer as one of whoever was there: nobody has proof of who gave it, as of a form
   * that a client shows. It has no roles. Where a rule asks for several people or for roles, such a
   * yes does not count; a no always does.
   */
  public Answer unidentified() {
    return new Answer(approved, approver, Set.of(), note, false);
  }

  /** {@return whether the call may run} */
  public boolean approved() {
    return approved;
  }

  /** {@return who answers} */
  public String approver() {
    return approver;
  }

  /** {@return the roles of the approver; unmodifiable} */
  public Set<String> roles() {
    return roles;
  }

  /** {@return what the agent is told with it, or {@code null} if nothing} */
  public @Nullable String note() {
    return note;
  }

  /** {@return whether who answers has been authenticated} */
  public boolean identified() {
    return identified;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Answer other
        && approved == other.approved
        && approver.equals(other.approver)
        && roles.equals(other.roles)
        && Objects.equals(note, other.note)
        && identified == other.identified;
  }

  @Override
  public int hashCode() {
    return Objects.hash(approved, approver, roles, note, identified);
  }

  /** {@return the answer without its note} */
  @Override
  public String toString() {
    return "Answer[approved=" + approved + ", approver=" + approver + "]";
  }
}
