package dev.alcada.examples.gateway;

/** The server behind the gateway gave no answer; the message says why and is fit for the agent. */
class UpstreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UpstreamException(String why) {
    super(why, null, false, false);
  }
}
