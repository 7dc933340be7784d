package dev.alcada.audit;

/**
 * Takes the heads of an audit log to where whoever could cut the log cannot reach them: another
 * machine, a table of another owner, a journal.
 */
@FunctionalInterface
public interface AnchorSink {
  /**
   * Keeps a head. It is called on a thread of its own, with the latest head only, at most about
   * once a second and when the log is closed; while it takes its time the log goes on. What it
   * throws is logged, once until it works again, and the next head is handed to it all the same.
   *
   * @param head the head
   * @throws Exception if it could not be kept
   */
  void keep(Anchor head) throws Exception;
}
