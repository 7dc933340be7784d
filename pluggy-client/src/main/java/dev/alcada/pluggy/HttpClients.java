package dev.alcada.pluggy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import okhttp3.Authenticator;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.TlsVersion;
import org.jspecify.annotations.Nullable;

/** OkHttp set so that one request is one request. */
final class HttpClients {
  private static final Set<TlsVersion> TLS = Set.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);
  private static final int MAX_THREADS = 64;

  private HttpClients() {}

  /**
   * Returns a client that shares the host's connection pool, threads, proxy, trust and
   * interceptors.
   *
   * @param host the host's client, or {@code null} for one that shares nothing
   */
  static OkHttpClient of(@Nullable OkHttpClient host, HttpUrl base, Duration deadline) {
    OkHttpClient from = host == null ? new OkHttpClient() : host;
    OkHttpClient.Builder builder =
        from.newBuilder()
            .dispatcher(
                new Dispatcher(host == null ? threads() : host.dispatcher().executorService()))
            // OkHttp would send a POST again after a lost connection, a redirect or a challenge.
            .retryOnConnectionFailure(false)
            .addNetworkInterceptor(Outgoing::pass)
            .followRedirects(false)
            .followSslRedirects(false)
            .authenticator(Authenticator.NONE)
            .cookieJar(CookieJar.NO_COOKIES)
            .cache(null)
            // One connection carries one call, so giving up a call disturbs no other.
            .protocols(List.of(Protocol.HTTP_1_1))
            .connectionSpecs(specs(from, base))
            // The deadline covers all of these.
            .callTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .connectTimeout(deadline);
    if (from.socketFactory().equals(SocketFactory.getDefault())) {
      builder.socketFactory(new InterruptibleSockets());
    }
    OkHttpClient client = builder.build();
    client.dispatcher().setMaxRequestsPerHost(MAX_THREADS);
    return client;
  }

  private static List<ConnectionSpec> specs(OkHttpClient from, HttpUrl base) {
    List<ConnectionSpec> specs = new ArrayList<>();
    for (ConnectionSpec spec : from.connectionSpecs()) {
      List<TlsVersion> versions = spec.tlsVersions();
      if (spec.isTls() && versions != null && TLS.containsAll(versions)) {
        specs.add(spec);
      }
    }
    if (specs.isEmpty()) {
      specs.add(ConnectionSpec.MODERN_TLS);
    }
    if (!base.isHttps()) {
      specs.add(ConnectionSpec.CLEARTEXT);
    }
    return specs;
  }

  /** Daemons, so that a host that forgets to close the client still ends. */
  private static ThreadPoolExecutor threads() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "alcada-pluggy");
          thread.setDaemon(true);
          return thread;
        });
  }
}
