package dev.alcada.internal.value;

/**
 * The name of a member that a path wants.
 *
 * @param name the name itself
 * @param folded the name without differences of case and compatibility form
 */
public record MemberName(String name, String folded) {
  public static MemberName of(String name) {
    String folded = Folding.fold(name);
    return new MemberName(name, folded == null ? name : folded);
  }
}
