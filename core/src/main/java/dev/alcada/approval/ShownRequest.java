package dev.alcada.approval;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.internal.value.ArgumentsJson;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a person who answers an approval request is shown of it, on a page, in a form or on a
 * terminal. Immutable.
 *
 * <p>The model that wrote the arguments must not hide, turn, overprint or push out of sight what
 * the person reads. So each value has a line of its own, those that made a rule ask first, then the
 * short ones; a text of more than {@value #MAX_LENGTH} characters is cut, and its length and the
 * beginning of its SHA-256 are given; characters that show nothing or turn the text are spelt out,
 * such as <code>\&#117;{202e}
 * </code>, and so are combining marks after the second in a row; a text that mixes scripts says so.
 * Nothing here is HTML: a page still has to escape it.
 */
public final class ShownRequest {
  /** How many characters of a text are shown before the rest is folded away. */
  public static final int MAX_LENGTH = 300;

  private static final int MAX_NAME_LENGTH = 100;
  private static final int SHORT = 60;
  private static final int LINES_IN_TEXT = 40;
  private static final Pattern ROOT = Pattern.compile("^[a-z]+");
  private static final Pattern INDEX = Pattern.compile("\\[([0-9]+|\\*)]");
  private static final Pattern QUOTED = Pattern.compile("\\[\"(.*?)\"]");
  private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_-]*");

  private final Line tool;
  private final List<Line> reasons;
  private final List<Line> approvals;
  private final List<Line> about;
  private final List<Line> arguments;

  ShownRequest(ApprovalRequest request) {
    tool = line("tool", request.tool());
    reasons =
        request.asks().stream()
            .map(AskingRule::reason)
            .distinct()
            .map(reason -> line("reason", reason))
            .toList();
    approvals = approvals(request);
    about = about(request);
    arguments = arguments(request.arguments(), read(request.asks()));
  }

  /**
   * One value and its name, each cut and spelt out.
   *
   * @param name what it is, such as {@code grant}, {@code args.amount} or {@code context.tenant}
   * @param text the value; text within arguments and attributes is in quotation marks
   * @param rest what was cut off {@code text}, to be folded away; mostly empty
   * @param notes what a reader could be mistaken about, such as {@code mixes scripts: Cyrillic,
   *     Latin}, and of a text that was cut its length and digest; mostly none
   */
  public record Line(String name, String text, String rest, List<String> notes) {
    /** Makes a line; the notes are copied. */
    public Line {
      notes = List.copyOf(notes);
    }

    /** {@return the line without what was cut off} */
    @Override
    public String toString() {
      return name
          + ": "
          + text
          + (rest.isEmpty() ? "" : "…")
          + (notes.isEmpty() ? "" : " [" + String.join("; ", notes) + "]");
    }
  }

  /** {@return the tool} */
  public Line tool() {
    return tool;
  }

  /** {@return why it asks, in document order, each reason once; unmodifiable} */
  public List<Line> reasons() {
    return reasons;
  }

  /**
   * Returns whose yes it needs and who has said it, if that is more than one person's of whatever
   * role; unmodifiable.
   */
  public List<Line> approvals() {
    return approvals;
  }

  /**
   * Returns on whose behalf the tool is called: the grant, client, session and every attribute of
   * the caller, and what the host says of the request; unmodifiable.
   */
  public List<Line> about() {
    return about;
  }

  /**
   * Returns the values of the arguments, those first that the rules read which ask, then short
   * ones, and those within lists last; there may be thousands. Unmodifiable.
   */
  public List<Line> arguments() {
    return arguments;
  }

  /**
   * Returns all of it as plain text for a form or a terminal, a line for each value. Of a request
   * with many values it has the first ones, and says before them how many it leaves out.
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("The tool ").append(tool.text()).append(" needs your approval.");
    text.append(noted(tool));
    reasons.forEach(reason -> text.append('\n').append(reason.text()).append(noted(reason)));
    append(text, "lines about who approves", approvals);
    append(text, "values about the caller", about);
    if (arguments.isEmpty()) {
      text.append("\nNo arguments are shown.");
    }
    append(text, "arguments", arguments);
    return text.toString();
  }

  private static String noted(Line line) {
    return (line.rest().isEmpty() ? "" : "…")
        + (line.notes().isEmpty() ? "" : " [" + String.join("; ", line.notes()) + "]");
  }

  private static void append(StringBuilder text, String what, List<Line> lines) {
    if (lines.size() > LINES_IN_TEXT) {
      text.append(
          String.format(
              Locale.ROOT,
              "\nOnly %d of %,d %s are shown here. Look at all of them before you answer.",
              LINES_IN_TEXT,
              lines.size(),
              what));
    }
    lines.stream().limit(LINES_IN_TEXT).forEach(line -> text.append('\n').append(line));
  }

  private static List<Line> approvals(ApprovalRequest request) {
    if (request.quorum().isOne()) {
      return List.of();
    }
    int needed = request.quorum().approvers();
    List<Line> lines = new ArrayList<>();
    lines.add(
        line(
            "approvals",
            request.approvals().size()
                + " of "
                + needed
                + (needed == 1 ? " needed" : " needed, each by another person")));
    request
        .quorum()
        .from()
        .forEach(roles -> lines.add(line("by the role", Givers.alternatives(roles))));
    request.approvals().forEach(given -> lines.add(line("approved by", given.approver())));
    return List.copyOf(lines);
  }

  private static List<Line> about(ApprovalRequest request) {
    Caller caller = request.caller();
    List<Line> lines = new ArrayList<>();
    lines.add(line("grant", caller.grant()));
    if (caller.client() != null) {
      lines.add(line("client", caller.client()));
    }
    if (caller.session() != null) {
      lines.add(line("session", caller.session()));
    }
    request.metadata().forEach((name, value) -> lines.add(line(ShownText.spelt(name), value)));
    lines.addAll(flat("context", caller.attributes(), read(request.asks())));
    return List.copyOf(lines);
  }

  private static List<Line> arguments(String json, Set<String> read) {
    Map<String, @Nullable Object> members;
    try {
      members = ArgumentsJson.read(json);
    } catch (RuntimeException e) {
      return List.of(line("args", json)); // what a host or a store made of it
    }
    return flat("args", members, read);
  }

  /** {@return the paths that the rules read which ask, as far as their content tells} */
  private static Set<String> read(List<AskingRule> asks) {
    Set<String> paths = new HashSet<>();
    asks.forEach(ask -> conditions(ask).forEach(condition -> paths(paths, condition)));
    return paths;
  }

  private static List<?> conditions(AskingRule ask) {
    try {
      return ArgumentsJson.read(ask.content()).get("conditions") instanceof List<?> all
          ? all
          : List.of();
    } catch (RuntimeException e) {
      return List.of(); // nothing is shown earlier for its sake
    }
  }

  private static void paths(Set<String> paths, @Nullable Object condition) {
    if (condition instanceof Map<?, ?> members) {
      for (String place : List.of("path", "value_from", "scope")) {
        if (members.get(place) instanceof String path) {
          paths.add(path.toLowerCase(Locale.ROOT));
        }
      }
    }
  }

  /**
   * How a place is read: as a path names it, or as an element of a list that one names with [*] or
   * by a name that only looks the same, or not at all.
   */
  private enum Read {
    AS_NAMED,
    ALIKE,
    NOT;

    /**
     * Returns how a place is read.
     *
     * @param paths those of rules, each with its {@link #members}
     */
    static Read of(Name name, Map<String, String> paths) {
      if (paths.isEmpty()) {
        return NOT;
      }
      String shown = name.shown.toLowerCase(Locale.ROOT);
      if (paths.keySet().stream().anyMatch(path -> isNamed(shown, path))) {
        return AS_NAMED;
      }
      String members = folded(name.members);
      return paths.values().stream().anyMatch(path -> begins(members, path)) ? ALIKE : NOT;
    }

    /** An element of a list that a path names as a whole is one of any number. */
    private static boolean isNamed(String shown, String path) {
      return begins(shown, path) && !INDEX.matcher(shown.substring(path.length())).find();
    }

    private static boolean begins(String place, String path) {
      return place.startsWith(path)
          && (place.length() == path.length() || ".[".indexOf(place.charAt(path.length())) >= 0);
    }

    /** {@return the names of a path's members alone, as {@link Name#members} has them} */
    static String members(String path) {
      String members = INDEX.matcher(ROOT.matcher(path).replaceFirst("")).replaceAll("");
      return folded(QUOTED.matcher(members).replaceAll(".$1"));
    }

    private static String folded(String names) {
      return Normalizer.normalize(names, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }
  }

  private static List<Line> flat(
      String root, Map<String, @Nullable Object> members, Set<String> read) {
    Map<String, String> ofRoot =
        read.stream()
            .filter(path -> Read.begins(path, root))
            .collect(Collectors.toMap(Function.identity(), Read::members));
    List<Leaf> leaves = new ArrayList<>();
    collect(leaves, ofRoot, new Name(root, "", 0, false), members);
    leaves.sort(Leaf.FIRST);
    return leaves.stream().map(Leaf::line).toList();
  }

  private static void collect(
      List<Leaf> leaves, Map<String, String> read, Name name, @Nullable Object value) {
    if (value instanceof Map<?, ?> map && (!map.isEmpty() || name.depth == 0)) {
      map.forEach(
          (member, inner) -> collect(leaves, read, name.member(String.valueOf(member)), inner));
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      for (int i = 0; i < list.size(); i++) {
        collect(leaves, read, name.element(i), list.get(i));
      }
    } else {
      String written = value instanceof String text ? text : written(value);
      String shown = value instanceof String ? ShownText.quoted(written) : ShownText.spelt(written);
      leaves.add(new Leaf(name, shown, written, Read.of(name, read)));
    }
  }

  private static String written(@Nullable Object value) {
    try {
      return CanonicalJson.write(value, Integer.MAX_VALUE);
    } catch (UnwritableException e) {
      return "not JSON: " + e.getMessage();
    }
  }

  /** The way to a value: as it is shown, and the members' names alone, as they were written. */
  private record Name(String shown, String members, int depth, boolean inList) {
    Name member(String name) {
      String step =
          PLAIN_NAME.matcher(name).matches()
              ? "." + ShownText.spelt(name)
              : "[" + ShownText.quoted(name) + "]";
      return new Name(shown + step, members + '.' + name, depth + 1, inList);
    }

    Name element(int index) {
      return new Name(shown + "[" + index + "]", members, depth + 1, true);
    }
  }

  /** A value that holds no other. */
  private record Leaf(Name name, String shown, String written, Read read) {
    /**
     * A list can be of any length, so its elements come after all else, unless a rule that asks
     * names the very one; then what made a rule ask, which any number of short values would push
     * out of sight; then the short first.
     */
    static final Comparator<Leaf> FIRST =
        Comparator.<Leaf>comparingInt(
                leaf -> leaf.name.inList && leaf.read != Read.AS_NAMED ? 1 : 0)
            .thenComparing(leaf -> leaf.read)
            .thenComparingInt(leaf -> leaf.shown.length() <= SHORT ? 0 : 1)
            .thenComparingInt(leaf -> leaf.name.depth)
            .thenComparingInt(leaf -> Math.max(SHORT, leaf.shown.length()));

    Line line() {
      List<String> notes = new ArrayList<>();
      for (String note : ShownText.notes(name.members)) {
        notes.add("its name " + note);
      }
      String called = name.shown;
      if (called.length() > MAX_NAME_LENGTH) {
        notes.add("its name has " + length(called));
        called = called.substring(0, ShownText.cut(called, MAX_NAME_LENGTH)) + "…";
      }
      return cut(called, shown, written, notes);
    }
  }

  private static Line line(String name, String written) {
    return cut(name, ShownText.spelt(written), written, new ArrayList<>());
  }

  private static Line cut(String name, String shown, String written, List<String> notes) {
    notes.addAll(ShownText.notes(written));
    if (shown.length() <= MAX_LENGTH) {
      return new Line(name, shown, "", notes);
    }
    notes.add(length(written));
    int end = ShownText.cut(shown, MAX_LENGTH);
    return new Line(name, shown.substring(0, end), shown.substring(end), notes);
  }

  private static String length(String text) {
    return String.format(
        Locale.ROOT,
        "%,d characters, SHA-256 %s",
        text.codePointCount(0, text.length()),
        ShownText.digest(text));
  }
}
