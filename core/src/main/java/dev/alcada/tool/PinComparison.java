package dev.alcada.tool;

import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.LookAlikes;
import dev.alcada.tool.ToolPins.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What has changed since tools were accepted. Immutable and safe for use by several threads.
 *
 * @param changed the tools that are not as they were accepted, each with both definitions
 * @param unpinned the tools of whose names none was accepted
 * @param missing the names of tools that were accepted and are not there now
 * @param lookAlikes by the name of each tool that is not pinned, the pinned ones that it is easily
 *     taken for; those without any are left out
 */
public record PinComparison(
    List<Change> changed,
    List<ToolDefinition> unpinned,
    List<String> missing,
    Map<String, List<String>> lookAlikes) {

  /**
   * A tool that is not as it was accepted.
   *
   * @param before the tool as it was accepted
   * @param now the tool as its server describes it now
   */
  public record Change(ToolDefinition before, ToolDefinition now) {

    /** {@return what differs, field by field, at most 50} */
    public List<FieldChange> fields() {
      return FieldChanges.between(before, now);
    }
  }

  public PinComparison {
    changed = List.copyOf(changed);
    unpinned = List.copyOf(unpinned);
    missing = List.copyOf(missing);
    lookAlikes = Collections.unmodifiableMap(new LinkedHashMap<>(lookAlikes));
  }

  static PinComparison of(ToolPins pins, Collection<ToolDefinition> tools) {
    List<Change> changed = new ArrayList<>();
    List<ToolDefinition> unpinned = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (ToolDefinition tool : tools) {
      Status status = pins.status(tool);
      if (status == Status.UNPINNED) {
        unpinned.add(tool);
      } else if (status == Status.CHANGED) {
        changed.add(new Change(Objects.requireNonNull(pins.accepted(tool.name())), tool));
      }
      seen.add(tool.name());
    }
    return new PinComparison(
        changed,
        unpinned,
        pins.names().stream().filter(name -> !seen.contains(name)).toList(),
        lookAlikes(pins.names(), unpinned));
  }

  private static Map<String, List<String>> lookAlikes(
      Set<String> pinned, List<ToolDefinition> unpinned) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    LookAlikes names = LookAlikes.of(unpinned.isEmpty() ? Set.of() : pinned);
    for (ToolDefinition tool : unpinned) {
      List<String> like = names.like(tool.name());
      if (!like.isEmpty()) {
        alike.put(tool.name(), like);
      }
    }
    return alike;
  }

  /** {@return whether every tool is as it was accepted, and none is missing} */
  public boolean isUnchanged() {
    return changed.isEmpty() && unpinned.isEmpty() && missing.isEmpty();
  }

  /**
   * Returns a line for each tool that is not as it was accepted, or was not accepted; nothing in
   * them disturbs a terminal or a log.
   */
  public List<String> differences() {
    List<String> lines = new ArrayList<>();
    for (Change change : changed) {
      lines.add(
          Spelling.quote(change.now.name())
              + " has changed: "
              + String.join("; ", change.fields().stream().map(FieldChange::toString).toList()));
    }
    unpinned.forEach(tool -> lines.add(isNew(tool)));
    return lines;
  }

  private String isNew(ToolDefinition tool) {
    List<String> like = lookAlikes.get(tool.name());
    return Spelling.quote(tool.name())
        + " is new"
        + (like == null
            ? ""
            : ", and looks like " + String.join(", ", like.stream().map(Spelling::quote).toList()));
  }

  /** {@return the differences in lines, for people; nothing in them disturbs a terminal} */
  public String toText() {
    StringBuilder text = new StringBuilder();
    for (Change change : changed) {
      text.append(Spelling.quote(change.now.name())).append(" has changed\n");
      change.fields().forEach(field -> text.append("  ").append(field).append('\n'));
    }
    unpinned.forEach(tool -> text.append(isNew(tool)).append('\n'));
    missing.forEach(name -> text.append(Spelling.quote(name)).append(" is gone\n"));
    return text.toString();
  }

  /** {@return {@link #toText}} */
  @Override
  public String toString() {
    return toText();
  }
}
