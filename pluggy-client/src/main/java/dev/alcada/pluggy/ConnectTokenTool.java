package dev.alcada.pluggy;

import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolHandler;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The tool {@code create_connect_token}: mints a connect token for an agent. It is a handler for a
 * {@link dev.alcada.guard.ToolGuard}, and has what a tool's definition in the Model Context
 * Protocol needs. Immutable and thread-safe; it does not close the client.
 *
 * <p>Options that the host fixes are not in the tool's schema, and a call that names one is
 * refused. The token is handed to the agent, as is the tool's purpose, and written nowhere else.
 */
public final class ConnectTokenTool implements ToolHandler<ConnectToken> {
  /** The tool's name. */
  public static final String NAME = "create_connect_token";

  /** The tool's title, for people. */
  public static final String TITLE = "Create a Pluggy connect token";

  /** What an agent is told of the tool. */
  public static final String DESCRIPTION =
      "Mints a Pluggy connect token: a credential of 30 minutes with which one user can connect one"
          + " financial account in the Pluggy Connect widget. Call it once for each connection, just"
          + " before the widget is opened, and hand the token to the widget only: do not store it,"
          + " log it or show it in a conversation. To update a connection that exists, give its"
          + " itemId.";

  private static final Map<String, Boolean> ANNOTATIONS =
      Map.of(
          "readOnlyHint", false,
          "destructiveHint", false,
          "idempotentHint", false,
          "openWorldHint", true);

  private final PluggyClient client;
  private final ConnectTokenArguments arguments;

  private ConnectTokenTool(PluggyClient client, ConnectTokenArguments arguments) {
    this.client = client;
    this.arguments = arguments;
  }

  /**
   * Returns a tool whose options are all the agent's to choose.
   *
   * @param client the client that mints
   */
  public static ConnectTokenTool of(PluggyClient client) {
    return of(client, ConnectTokenRequest.builder().build());
  }

  /**
   * Returns a tool some of whose options the host has fixed.
   *
   * @param client the client that mints
   * @param fixed what every request has, whatever the agent says
   */
  public static ConnectTokenTool of(PluggyClient client, ConnectTokenRequest fixed) {
    return new ConnectTokenTool(
        Objects.requireNonNull(client, "client"),
        new ConnectTokenArguments(Objects.requireNonNull(fixed, "fixed")));
  }

  /** {@return the JSON Schema of the arguments, without those the host fixed; unmodifiable} */
  public Map<String, Object> inputSchema() {
    return arguments.schema();
  }

  /** {@return the JSON Schema of a result's structured content; unmodifiable} */
  public Map<String, Object> outputSchema() {
    return ConnectTokenResult.SCHEMA;
  }

  /**
   * Returns the behaviour hints of the Model Context Protocol by their names: not read-only, not
   * destructive, not idempotent, open world.
   */
  public Map<String, Boolean> annotations() {
    return ANNOTATIONS;
  }

  /**
   * Mints a token.
   *
   * @param call the call as it was judged
   * @return the token
   * @throws NotDoneException if surely none was minted; its message is for the agent, and its cause
   *     the {@link PluggyException}, if it came to a request
   * @throws PluggyException.OutcomeUnknown if one may have been minted
   */
  @Override
  public ConnectToken handle(ToolCall call) {
    ConnectTokenRequest request = request(call.arguments());
    try {
      return client.createConnectToken(request);
    } catch (PluggyException e) {
      throw asHandled(e);
    }
  }

  /**
   * Mints a token without holding a thread; {@code tool::handleAsync} is an {@link
   * dev.alcada.guard.AsyncToolHandler}. Cancelling the stage as a future ends the request.
   *
   * @param call the call as it was judged
   * @return a stage that completes with the token, or with what {@link #handle} throws
   */
  public CompletionStage<ConnectToken> handleAsync(ToolCall call) {
    ConnectTokenRequest request;
    try {
      request = request(call.arguments());
    } catch (NotDoneException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<ConnectToken> minting = client.createConnectTokenAsync(request);
    CompletableFuture<ConnectToken> handled = new CompletableFuture<>();
    var settled =
        minting.whenComplete(
            (token, failure) -> {
              if (failure == null) {
                handled.complete(token);
              } else {
                handled.completeExceptionally(asHandled(failure));
              }
            });
    var unused =
        handled.whenComplete(
            (token, failure) -> {
              if (!settled.isDone()) {
                minting.cancel(true);
              }
            });
    return handled;
  }

  /**
   * Mints a token and returns what a tool answers with, failures included, so that an agent can act
   * on them. For frameworks that take a result instead of an exception.
   *
   * @param arguments the arguments as they were judged
   * @return the result
   */
  public ConnectTokenResult call(Map<String, ? extends @Nullable Object> arguments) {
    try {
      return ConnectTokenResult.of(client.createConnectToken(request(arguments)));
    } catch (NotDoneException e) {
      return ConnectTokenResult.failed(Objects.requireNonNull(e.getMessage()), true);
    } catch (PluggyException e) {
      return ConnectTokenResult.failed(
          Advice.on(e), !(e instanceof PluggyException.OutcomeUnknown));
    }
  }

  private ConnectTokenRequest request(Map<String, ? extends @Nullable Object> values) {
    try {
      return arguments.request(values);
    } catch (IllegalArgumentException e) {
      throw new NotDoneException("No connect token was created: " + e.getMessage() + ".");
    }
  }

  private static RuntimeException asHandled(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof PluggyException e && !(e instanceof PluggyException.OutcomeUnknown)) {
      return new NotDoneException(Advice.on(e), e);
    }
    return cause instanceof RuntimeException e ? e : new CompletionException(cause);
  }
}
