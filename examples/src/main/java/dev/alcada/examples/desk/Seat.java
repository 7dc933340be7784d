package dev.alcada.examples.desk;

import dev.alcada.approval.Answer;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A person who may answer at the desk, known by a token that nobody else is given. Whoever holds
 * the token is this person, whatever they call themselves.
 *
 * @param name who answers
 * @param roles what the person may decide as
 * @param token a secret
 * @param named whether this is one of the people who are to answer; whoever else finds the token,
 *     because they run the program, is no further person where several are asked
 */
record Seat(String name, Set<String> roles, String token, boolean named) {
  private static final int LONGEST_NAME = 200;
  private static final SecureRandom RANDOM = new SecureRandom();

  Seat {
    roles = Set.copyOf(roles);
  }

  /**
   * Reads {@code NAME[:ROLE,…]} and makes a token.
   *
   * @throws IllegalArgumentException if it names nobody
   */
  static Seat of(String spelt) {
    int colon = spelt.indexOf(':');
    String name = (colon < 0 ? spelt : spelt.substring(0, colon)).strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("an approver is NAME or NAME:ROLE,ROLE");
    }
    Set<String> roles = new TreeSet<>();
    if (colon >= 0) {
      for (String role : spelt.substring(colon + 1).split(",", -1)) {
        if (role.isBlank()) {
          throw new IllegalArgumentException("an approver's roles are NAME:ROLE,ROLE");
        }
        roles.add(role.strip());
      }
    }
    return new Seat(name, roles, newToken(), true);
  }

  /**
   * Reads the approvers of a command line.
   *
   * @throws IllegalArgumentException if one names nobody, or two are one person
   */
  static List<Seat> all(List<String> spelt) {
    List<Seat> seats = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (String one : spelt) {
      Seat seat = of(one);
      // As the approvals compare them: two spellings of one name are one person.
      if (!names.add(
          Normalizer.normalize(seat.name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("the approver " + seat.name + " is named twice");
      }
      seats.add(seat);
    }
    return List.copyOf(seats);
  }

  /** {@return the same person with another token, for another way in} */
  Seat again() {
    return new Seat(name, roles, newToken(), named);
  }

  /** {@return the same, who is not one of those that are to answer} */
  Seat unnamed() {
    return new Seat(name, Set.of(), token, false);
  }

  /** {@return this person's answer, with what is known of who gives it} */
  Answer says(Answer answer) {
    return named ? answer.withRoles(roles) : answer.unidentified();
  }

  private static String newToken() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** {@return the person without the token} */
  @Override
  public String toString() {
    return roles.isEmpty() ? name : name + ":" + String.join(",", new TreeSet<>(roles));
  }
}
