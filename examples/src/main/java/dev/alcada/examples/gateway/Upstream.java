package dev.alcada.examples.gateway;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.IOException;
import java.util.concurrent.CompletionStage;

/** A connection to the MCP server behind the gateway. Thread-safe. */
interface Upstream extends AutoCloseable {
  /** Sends a message; the stage fails if it cannot have arrived or its answer cannot come. */
  CompletionStage<Void> send(JSONRPCMessage message);

  /** Ends the connection, and with it a server that the gateway started. */
  @Override
  void close();

  /** Opens connections to one server. */
  interface Opener {
    Upstream open(Listener listener) throws IOException;
  }

  /** Hears what comes from the server. */
  interface Listener {
    void onMessage(JSONRPCMessage message);

    /** Something arrived that is no message; answers that are awaited may have been lost in it. */
    void onBroken(String why);

    /** The server is gone. */
    void onEnd(String why);
  }
}
