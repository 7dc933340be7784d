package dev.alcada.pluggy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** What leaves this machine for one attempt, at most once. Thread-safe. */
final class Outgoing {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final int UNAVAILABLE = 503;

  private enum State {
    NEW,
    BEGUN,
    REVOKED
  }

  private final @Nullable RequestBody body;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  // Until the last byte is written, nobody can have acted upon the request.
  private volatile boolean sent;

  Outgoing(byte @Nullable [] json) {
    this.body = json == null ? null : new Body(json);
  }

  @Nullable RequestBody body() {
    return body;
  }

  /** {@return whether the whole request may have left this machine} */
  boolean isSent() {
    return sent;
  }

  /** {@return whether nothing of it was sent, and now never will be} */
  boolean revoke() {
    return state.compareAndSet(State.NEW, State.REVOKED);
  }

  /** Sees a request off, and its answer in, behind all interceptors of the host's. */
  static Response pass(Interceptor.Chain chain) throws IOException {
    // The call's own request: an interceptor may have made another, without what it carried.
    Outgoing outgoing = chain.call().request().tag(Outgoing.class);
    if (outgoing != null && outgoing.body == null) {
      outgoing.begin();
      outgoing.sent = true;
    }
    Response response = chain.proceed(chain.request());
    // OkHttp would send a request without a body again, by itself.
    return response.code() == UNAVAILABLE && "0".equals(response.header("Retry-After"))
        ? response.newBuilder().removeHeader("Retry-After").build()
        : response;
  }

  private void begin() throws IOException {
    state.compareAndSet(State.NEW, State.BEGUN);
    if (state.get() == State.REVOKED) {
      throw new IOException("given up before it was sent");
    }
  }

  private final class Body extends RequestBody {
    private final byte[] json;

    Body(byte[] json) {
      this.json = json;
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public long contentLength() {
      return json.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      // Maybe not for the first time: an interceptor of the host's may read it, to sign or log it.
      begin();
      sink.write(json);
      sent = true;
    }
  }
}
