package dev.alcada.audit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a log's verification has found. Immutable.
 *
 * @param findings what is not as it was written, in the order of the log; unmodifiable
 * @param notes what is to be known and proves nothing, such as a line that a crash has torn;
 *     unmodifiable
 * @param records how many records were read
 * @param last the number of the last record, or 0 if there is none
 */
public record AuditReport(List<Finding> findings, List<String> notes, long records, long last) {
  /** What can be found. The list may grow with the library. */
  public enum Kind {
    /** A record does not say what was written. */
    CHANGED,
    /** Records or files are missing. */
    REMOVED,
    /** A record stands there again. */
    DUPLICATED,
    /** Records do not stand in their order. */
    SWAPPED,
    /** A line was put in that was never written. */
    INSERTED,
    /** A file is of another log. */
    SPLICED,
    /** Records are missing at the end. */
    CUT,
    /** A file was written under a key that is not known, or under none though keys are. */
    UNKNOWN_KEY,
    /** Two histories go on from one record. */
    FORKED,
    /** The anchor is missing, or is not one of this log: a cut end could not be told. */
    ANCHOR,
    /** A file is of a format that this version does not know. */
    FORMAT
  }

  /**
   * One thing that is not as it was written.
   *
   * @param file the file's name
   * @param line its line, from 1; of what is missing, the line before which it is missing
   * @param kind what kind of thing
   * @param text more of it, for people
   */
  public record Finding(String file, long line, Kind kind, String text) {
    /** {@return file, line, kind and text in one line} */
    @Override
    public String toString() {
      return file + ":" + line + ": " + kind.name().toLowerCase(Locale.ROOT) + ": " + text;
    }
  }

  /** Copies the lists. */
  public AuditReport {
    findings = List.copyOf(findings);
    notes = List.copyOf(notes);
  }

  /** {@return whether nothing was found} */
  public boolean intact() {
    return findings.isEmpty();
  }

  /** {@return a line for each finding and note, and one that sums them up} */
  @Override
  public String toString() {
    return Stream.concat(
            Stream.concat(
                findings.stream().map(Finding::toString),
                notes.stream().map(note -> "note: " + note)),
            Stream.of(
                (intact() ? "intact" : findings.size() + " findings")
                    + ", "
                    + records
                    + " records, the last is "
                    + last))
        .collect(Collectors.joining("\n"));
  }
}
