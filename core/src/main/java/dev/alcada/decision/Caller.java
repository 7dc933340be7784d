package dev.alcada.decision;

import dev.alcada.internal.value.ArgumentCopy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a tool is called, as the host knows it. Immutable: every method that sets
 * something returns a new caller.
 *
 * <p>An identity is never what a client says of itself: grant, session and client come from what
 * the host has authenticated.
 */
public final class Caller {
  private final String grant;

  /** Whether the grant is blank, which is asked of every call. */
  private final boolean nobody;

  private final @Nullable String session;
  private final @Nullable String client;
  private final Map<String, @Nullable Object> attributes;
  private final Set<String> details;
  private final Set<String> persons;

  /** What the attributes are of the bounds of a call, or {@code null} if they are over one. */
  private final @Nullable Size size;

  private record Size(int nodes, int text) {}

  /**
   * The last judgement that hangs on nothing of a call but its caller: a host that keeps its
   * callers saves making it anew for each call. Threads race for it, which is safe because
   * judgements are immutable, and right because it is looked at before it is used.
   */
  private @Nullable Last last;

  /** A judgement, and where nothing but the tool leads to it, whose it is and of which tool. */
  private record Last(
      Judgement judgement, @Nullable CompiledPolicy policy, @Nullable String tool) {}

  private Caller(
      String grant,
      @Nullable String session,
      @Nullable String client,
      Map<String, @Nullable Object> attributes,
      Set<String> details,
      Set<String> persons,
      @Nullable Size size) {
    this.grant = grant;
    this.nobody = grant.isBlank();
    this.session = session;
    this.client = client;
    this.attributes = attributes;
    this.details = details;
    this.persons = persons;
    this.size = size;
  }

  /**
   * Returns a caller known by its grant: the principal whose permission is used. Counts, approvals
   * and the room they may take belong to a grant by its name alone, so a grant is unique within the
   * host: of two tenants that each have an {@code agent-7}, let the name hold the tenant too.
   *
   * @param grant the grant; a blank text is no grant, and every call made with it is denied
   */
  public static Caller grant(String grant) {
    return new Caller(
        Objects.requireNonNull(grant, "grant"),
        null,
        null,
        Map.of(),
        Set.of(),
        Set.of(),
        new Size(0, 0));
  }

  /** {@return the grant; blank if there is none} */
  public String grant() {
    return grant;
  }

  /** {@return whether there is a grant, without which every call is denied} */
  public boolean hasGrant() {
    return !nobody;
  }

  /** {@return the session, or {@code null} if the host gave none} */
  public @Nullable String session() {
    return session;
  }

  /** {@return the authenticated client, or {@code null} if the host gave none} */
  public @Nullable String client() {
    return client;
  }

  /** {@return the attributes by name; deeply unmodifiable} */
  public Map<String, @Nullable Object> attributes() {
    return attributes;
  }

  /** {@return the names of the attributes that bind no approval; unmodifiable} */
  public Set<String> details() {
    return details;
  }

  /** {@return the names of the attributes that name a person; unmodifiable} */
  public Set<String> persons() {
    return persons;
  }

  /**
   * Returns this caller in a session.
   *
   * @param newSession the session, as the host or its transport made it
   */
  public Caller withSession(String newSession) {
    Objects.requireNonNull(newSession, "session");
    return new Caller(grant, newSession, client, attributes, details, persons, size);
  }

  /**
   * Returns this caller with its authenticated client.
   *
   * @param newClient the client as the host authenticated it, never as it names itself
   */
  public Caller withClient(String newClient) {
    Objects.requireNonNull(newClient, "client");
    return new Caller(grant, session, newClient, attributes, details, persons, size);
  }

  /**
   * Returns this caller with an attribute, which a policy reads as {@code context.<name>} and which
   * an approval holds for: with another value of it the same call is asked about anew. It takes the
   * place of one of the same name, however that was marked.
   *
   * <p>The value is copied as {@linkplain ToolCall#of arguments} are, within the same bounds; a
   * caller with more keeps the attributes it had, and every call made with it is denied as too
   * large.
   *
   * @param name the attribute's name
   * @param value a value that JSON has: {@code null}, {@link Boolean}, {@link String}, a number, or
   *     a list or map of those
   */
  public Caller withAttribute(String name, @Nullable Object value) {
    return with(name, value, without(details, name), without(persons, name));
  }

  /**
   * Returns this caller with an attribute that binds no approval, because it differs from call to
   * call and says nothing of who calls: a trace, a time, a version. Otherwise as {@link
   * #withAttribute}.
   *
   * @param name the attribute's name
   * @param value a value that JSON has
   */
  public Caller withDetail(String name, @Nullable Object value) {
    return with(name, value, including(details, name), without(persons, name));
  }

  /**
   * Returns this caller with an attribute that names a person behind the grant, who may not answer
   * when this caller's calls need an approval. Otherwise as {@link #withAttribute}.
   *
   * @param name the attribute's name
   * @param person the person, as the host has authenticated it
   */
  public Caller withPerson(String name, String person) {
    Objects.requireNonNull(person, "person");
    return with(name, person, without(details, name), including(persons, name));
  }

  private Caller with(
      String name, @Nullable Object value, Set<String> newDetails, Set<String> newPersons) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(attributes);
    try {
      ArgumentCopy counted = counted();
      counted.count(name);
      copy.put(name, counted.value(value, 1));
      return new Caller(
          grant,
          session,
          client,
          Collections.unmodifiableMap(copy),
          newDetails,
          newPersons,
          new Size(counted.nodes(), counted.text()));
    } catch (ArgumentCopy.TooLargeException e) {
      return new Caller(grant, session, client, attributes, details, persons, null);
    }
  }

  private static Set<String> including(Set<String> names, String name) {
    Set<String> more = new LinkedHashSet<>(names);
    more.add(name);
    return Collections.unmodifiableSet(more);
  }

  private static Set<String> without(Set<String> names, String name) {
    Objects.requireNonNull(name, "name");
    if (!names.contains(name)) {
      return names;
    }
    Set<String> fewer = new LinkedHashSet<>(names);
    fewer.remove(name);
    return Collections.unmodifiableSet(fewer);
  }

  /** Returns a copy begun with what the attributes and names of this caller amount to. */
  ArgumentCopy counted() throws ArgumentCopy.TooLargeException {
    if (size == null) {
      throw new ArgumentCopy.TooLargeException();
    }
    return new ArgumentCopy(size.nodes(), size.text());
  }

  /** {@return the last judgement if that plan made it, or {@code null}} */
  @Nullable Judgement last(ToolPlan plan) {
    Last kept = last;
    return kept != null && kept.judgement.isOf(plan) ? kept.judgement : null;
  }

  /** {@return the last judgement if it is that policy's of that tool, or {@code null}} */
  @SuppressWarnings("ReferenceEquality") // another text, though equal, is looked up
  @Nullable Judgement last(CompiledPolicy policy, String tool) {
    Last kept = last;
    return kept != null && kept.tool == tool && kept.policy == policy ? kept.judgement : null;
  }

  /** Keeps a judgement that would be the same for every call of this caller. */
  Judgement keep(Judgement judgement) {
    last = new Last(judgement, null, null);
    return judgement;
  }

  /** Keeps a judgement that would be the same for every call of that tool by this caller. */
  void keep(Judgement judgement, CompiledPolicy policy, String tool) {
    Last kept = last;
    if (kept == null || kept.judgement != judgement || kept.policy != policy) {
      last = new Last(judgement, policy, tool);
    }
  }

  /** {@return whether the other is a caller of whom the host knows the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Caller caller
            && grant.equals(caller.grant)
            && Objects.equals(session, caller.session)
            && Objects.equals(client, caller.client)
            && (size == null) == (caller.size == null)
            && attributes.equals(caller.attributes)
            && details.equals(caller.details)
            && persons.equals(caller.persons));
  }

  @Override
  public int hashCode() {
    return Objects.hash(grant, session, client, attributes);
  }

  /** {@return the grant and the names of the attributes, without what they hold} */
  @Override
  public String toString() {
    return "Caller[grant=" + grant + ", attributes=" + attributes.keySet() + "]";
  }
}
