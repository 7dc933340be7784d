package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where a tool is called from: by this application itself, or by an MCP server of it. */
class CallSite {
  private final Callers callers;

  CallSite(Callers callers) {
    this.callers = callers;
  }

  /**
   * Returns whether an MCP server has had this very call judged; at most once for each.
   *
   * @param tool the tool's name
   * @param known the entries of the tool's context
   */
  boolean admitted(String tool, Map<String, Object> known) {
    return false;
  }

  /**
   * Returns who calls a tool on this thread.
   *
   * @param known the entries of the tool's context
   */
  Caller caller(Map<String, Object> known) {
    return callers.here(known);
  }

  /**
   * Returns who calls the tools of a stream, once it is subscribed to.
   *
   * @param known the entries of the tool's context
   * @param before who was there when the stream was put together, or null
   */
  Mono<Caller> caller(Map<String, Object> known, @Nullable Caller before) {
    return callers.later(known, before);
  }

  /** {@return whether what a tool threw says that another server has run nothing for it} */
  boolean nothingDone(Throwable failure) {
    return false;
  }

  /** {@return whoever is authenticated on this thread, or null} */
  @Nullable Caller principal() {
    return callers.principal();
  }
}
