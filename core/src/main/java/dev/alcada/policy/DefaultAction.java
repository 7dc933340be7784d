package dev.alcada.policy;

/** What happens to a tool that the document's {@code tools} does not list. */
public enum DefaultAction {
  /** An unlisted tool may be called. */
  ALLOW,
  /** An unlisted tool is denied. */
  DENY
}
