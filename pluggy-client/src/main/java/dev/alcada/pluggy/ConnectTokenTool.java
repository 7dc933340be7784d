package dev.alcada.pluggy;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolHandler;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tool {@code create_connect_token}: mints a connect token for an agent. It is a handler for a
 * {@link dev.alcada.guard.ToolGuard}, and has what a tool's definition in the Model Context
 * Protocol needs. Immutable and thread-safe; it does not close the client.
 *
 * <p>Options that the host fixes, or takes from the caller, are not in the tool's schema, and a
 * call that names one is refused. The token is handed to the agent, as is the tool's purpose, and
 * written nowhere else. Needs {@code alcada-core}, which the client itself does without.
 */
@SuppressWarnings("exports") // whoever uses this class has alcada-core; others must not need it
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

  private static final Logger log = LoggerFactory.getLogger(ConnectTokenTool.class);

  /** The grant that all callers share who are not authenticated. */
  private static final String NOBODY = "anonymous";

  private final PluggyClient client;
  private final ConnectTokenRequest fixed;
  private final @Nullable Function<? super Caller, ? extends @Nullable String> userOf;
  private final ConnectTokenArguments arguments;

  private ConnectTokenTool(
      PluggyClient client,
      ConnectTokenRequest fixed,
      @Nullable Function<? super Caller, ? extends @Nullable String> userOf) {
    this.client = client;
    this.fixed = fixed;
    this.userOf = userOf;
    this.arguments = new ConnectTokenArguments(fixed, userOf != null);
  }

  /**
   * Returns a tool whose options are all the agent's to choose: also for whom a connection is made,
   * and which one is updated. For agents that may act for every user of the application.
   *
   * @param client the client that mints
   */
  public static ConnectTokenTool of(PluggyClient client) {
    return builder(client).build();
  }

  /**
   * Returns a tool some of whose options the host has fixed.
   *
   * @param client the client that mints
   * @param fixed what every request has, whatever the agent says
   */
  public static ConnectTokenTool of(PluggyClient client, ConnectTokenRequest fixed) {
    return builder(client).fixed(fixed).build();
  }

  /**
   * Returns a builder of a tool whose options are all the agent's to choose, unless set.
   *
   * @param client the client that mints
   */
  public static Builder builder(PluggyClient client) {
    return new Builder(Objects.requireNonNull(client, "client"));
  }

  /** {@return the JSON Schema of the arguments, without those the host set; unmodifiable} */
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
    return mint(request(call.arguments(), user(call.caller())));
  }

  private ConnectToken mint(ConnectTokenRequest request) {
    if (mustBeTheirs(request)) {
      checkOwner(request);
    }
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
      request = request(call.arguments(), user(call.caller()));
    } catch (NotDoneException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<ConnectToken> handled = new CompletableFuture<>();
    if (mustBeTheirs(request)) {
      checkOwnerAsync(request, handled);
    } else {
      mintAsync(request, handled);
    }
    return handled;
  }

  /**
   * Mints a token and returns what a tool answers with, failures included, so that an agent can act
   * on them. For frameworks that take a result instead of an exception.
   *
   * @param call the call as it was judged
   * @return the result
   */
  public ConnectTokenResult call(ToolCall call) {
    return result(() -> handle(call));
  }

  /**
   * As {@link #call(ToolCall)}, for a tool that does not look at who calls.
   *
   * @param arguments the arguments as they were judged
   * @return the result
   * @throws IllegalStateException if the tool takes {@code clientUserId} from the caller; nothing
   *     is minted
   */
  public ConnectTokenResult call(Map<String, ? extends @Nullable Object> arguments) {
    if (userOf != null) {
      throw new IllegalStateException(
          "this tool takes clientUserId from the caller: use call(ToolCall)");
    }
    return result(() -> mint(request(arguments, null)));
  }

  private static ConnectTokenResult result(Supplier<ConnectToken> minting) {
    try {
      return ConnectTokenResult.of(minting.get());
    } catch (NotDoneException e) {
      return ConnectTokenResult.failed(Objects.requireNonNull(e.getMessage()), true);
    } catch (PluggyException e) {
      return ConnectTokenResult.failed(Advice.on(e), false);
    }
  }

  /** Returns for whom a caller acts at Pluggy, or {@code null} if the tool does not ask that. */
  private @Nullable String user(Caller caller) {
    if (userOf == null) {
      return null;
    }
    String user;
    try {
      user = userOf.apply(caller);
    } catch (RuntimeException e) {
      throw new NotDoneException(Advice.UNKNOWN_USER, e);
    }
    if (user == null || user.isBlank() || user.equals(NOBODY)) {
      throw new NotDoneException(Advice.UNKNOWN_USER);
    }
    String problem = ClientUserIds.problemOf(user);
    if (problem != null) {
      log.warn("no connect token for a caller whose clientUserId is not fit: it {}", problem);
      throw new NotDoneException(Advice.UNKNOWN_USER);
    }
    return user;
  }

  private ConnectTokenRequest request(
      Map<String, ? extends @Nullable Object> values, @Nullable String user) {
    try {
      return arguments.request(values, user);
    } catch (IllegalArgumentException e) {
      throw new NotDoneException(Advice.NONE + e.getMessage() + ".");
    }
  }

  /** Returns whether an Item is named that is to be this user's, and not by the host itself. */
  private boolean mustBeTheirs(ConnectTokenRequest request) {
    boolean userIsTheHosts = fixed.options().containsKey(ConnectTokenRequest.CLIENT_USER_ID);
    return request.itemId() != null
        && (userOf != null || (userIsTheHosts && fixed.itemId() == null));
  }

  private void checkOwner(ConnectTokenRequest request) {
    Item item;
    try {
      item = client.getItem(Objects.requireNonNull(request.itemId()));
    } catch (RuntimeException e) {
      throw unchecked(e);
    }
    if (!isTheirs(item, request)) {
      throw new NotDoneException(Advice.NOT_THEIRS);
    }
  }

  private void checkOwnerAsync(
      ConnectTokenRequest request, CompletableFuture<ConnectToken> handled) {
    follow(
        () -> client.getItemAsync(Objects.requireNonNull(request.itemId())),
        handled,
        (item, failure) -> {
          if (item == null) {
            handled.completeExceptionally(unchecked(failure));
          } else if (!isTheirs(item, request)) {
            handled.completeExceptionally(new NotDoneException(Advice.NOT_THEIRS));
          } else if (!handled.isDone()) {
            mintAsync(request, handled);
          }
        });
  }

  private void mintAsync(ConnectTokenRequest request, CompletableFuture<ConnectToken> handled) {
    follow(
        () -> client.createConnectTokenAsync(request),
        handled,
        (token, failure) -> {
          if (token == null) {
            handled.completeExceptionally(asHandled(failure));
          } else {
            handled.complete(token);
          }
        });
  }

  /** Begins a step and goes on when it has ended; it ends when the whole does, whatever ends it. */
  private static <T> void follow(
      Supplier<CompletableFuture<T>> step,
      CompletableFuture<ConnectToken> whole,
      BiConsumer<@Nullable T, @Nullable Throwable> then) {
    CompletableFuture<T> begun;
    try {
      begun = step.get();
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<T> underWay = begun;
    var unused = underWay.whenComplete(then);
    var unusedToo = whole.whenComplete((token, failure) -> underWay.cancel(true));
  }

  private static boolean isTheirs(Item item, ConnectTokenRequest request) {
    Object user = request.options().get(ConnectTokenRequest.CLIENT_USER_ID);
    return user != null && user.equals(item.clientUserId());
  }

  /** Returns why nothing was minted for an Item of which it is not known whose it is. */
  private static NotDoneException unchecked(@Nullable Throwable failure) {
    Throwable cause = unwrapped(failure);
    if (cause instanceof PluggyException.InvalidRequest e && e.status().orElse(0) == 404) {
      // Not there, or not theirs: whoever asks is not told which.
      return new NotDoneException(Advice.NOT_THEIRS);
    }
    return cause instanceof PluggyException e
        ? new NotDoneException(Advice.on(e), e)
        : new NotDoneException(Advice.NOT_CHECKED, cause);
  }

  private static RuntimeException asHandled(@Nullable Throwable failure) {
    Throwable cause = unwrapped(failure);
    if (cause instanceof PluggyException e && !(e instanceof PluggyException.OutcomeUnknown)) {
      return new NotDoneException(Advice.on(e), e);
    }
    return cause instanceof RuntimeException e ? e : new CompletionException(cause);
  }

  private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Builds a {@link ConnectTokenTool}. Not thread-safe. */
  public static final class Builder {
    private final PluggyClient client;
    private @Nullable ConnectTokenRequest fixed;
    private @Nullable Function<? super Caller, ? extends @Nullable String> userOf;

    private Builder(PluggyClient client) {
      this.client = client;
    }

    /**
     * Fixes options, whatever the agent says. With a {@code clientUserId} among them, an {@code
     * itemId} that the agent gives must be that user's.
     *
     * @param request what every request has
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder fixed(ConnectTokenRequest request) {
      Objects.requireNonNull(request, "request");
      if (fixed != null) {
        throw new IllegalStateException("fixed was set before");
      }
      fixed = request;
      return this;
    }

    /**
     * Takes {@code clientUserId} from the caller and never from the agent: {@code
     * clientUserId(Caller::grant)}. An {@code itemId} must then be that user's: it is looked up
     * first, within a deadline of its own, and what is another's, or cannot be looked up, gets no
     * token.
     *
     * @param userOf whose connections a caller has, as the host knows the user; called on the
     *     caller's thread. What is {@code null}, blank or no {@link
     *     ConnectTokenRequest.Builder#clientUserId} gets no token, and neither does {@code
     *     anonymous}, the grant that all share who are not authenticated.
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder clientUserId(Function<? super Caller, ? extends @Nullable String> userOf) {
      Objects.requireNonNull(userOf, "userOf");
      if (this.userOf != null) {
        throw new IllegalStateException("clientUserId was set before");
      }
      this.userOf = userOf;
      return this;
    }

    /**
     * Returns the tool.
     *
     * @throws IllegalStateException if {@code clientUserId} is both fixed and the caller's
     */
    public ConnectTokenTool build() {
      ConnectTokenRequest options = fixed == null ? ConnectTokenRequest.builder().build() : fixed;
      if (userOf != null && options.options().containsKey(ConnectTokenRequest.CLIENT_USER_ID)) {
        throw new IllegalStateException("clientUserId is fixed and taken from the caller: choose");
      }
      return new ConnectTokenTool(client, options, userOf);
    }
  }
}
