package dev.alcada.examples.gateway;

import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** A connection to the MCP server behind the gateway. Thread-safe; only closing it takes time. */
interface Upstream extends AutoCloseable {
  /**
   * Hands a message over, and does not wait until it is sent.
   *
   * @param begin asked when the message's turn comes: whether it is still wanted
   * @return a stage that fails if the message cannot have arrived, with a {@link
   *     dev.alcada.guard.NotDoneException}, or if its answer cannot come, with an {@link
   *     UpstreamException}
   */
  CompletionStage<?> send(Message message, BooleanSupplier begin);

  /** Ends the connection, and with it a server that the gateway started. */
  @Override
  void close();

  /** Opens connections to one server. */
  interface Opener {
    /**
     * Opens one.
     *
     * @throws IOException if there is no server; the message is fit for the client
     */
    Upstream open(Listener listener) throws IOException;
  }

  /** Hears what comes from the server; its methods do not wait. */
  interface Listener {
    /**
     * Takes a message.
     *
     * @return completed when the next should be read
     */
    CompletionStage<?> onMessage(Message message);

    /** Something arrived that is no message; answers that are awaited may have been lost in it. */
    void onBroken(String why);

    /** The server is gone, or does not know the session any more. */
    void onEnd(String why);
  }
}
