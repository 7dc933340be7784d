package dev.alcada.pluggy.benchmark;

import dev.alcada.pluggy.ConnectToken;
import dev.alcada.pluggy.ConnectTokenRequest;
import dev.alcada.pluggy.PluggyClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The same request and the same answer over loopback: through the client, and through OkHttp. */
@NullUnmarked // JMH sets the fields before it uses them
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class MintBenchmark {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final String BODY =
      "{\"options\":{\"clientUserId\":\"user-42\",\"avoidDuplicates\":true}}";

  private LoopbackPluggy server;
  private PluggyClient client;
  private ConnectTokenRequest request;
  private OkHttpClient bare;
  private HttpUrl bareUrl;

  /** Starts the server and both clients. */
  @Setup
  public void start() throws IOException {
    server = new LoopbackPluggy();
    String base = server.base();
    client = PluggyClient.builder().credentials("id", "secret").baseAddress(base).build();
    request = ConnectTokenRequest.builder().clientUserId("user-42").avoidDuplicates(true).build();
    bare = new OkHttpClient();
    bareUrl = HttpUrl.get(base + "/connect_token");
  }

  /** Stops what was started. */
  @TearDown
  public void stop() throws IOException {
    client.close();
    bare.dispatcher().executorService().shutdown();
    bare.connectionPool().evictAll();
    server.close();
  }

  /** Mints with the client. */
  @Benchmark
  public ConnectToken client() {
    return client.createConnectToken(request);
  }

  /** Sends the same bytes with OkHttp alone, and reads the answer as text. */
  @Benchmark
  public String bare() throws IOException {
    Request request =
        new Request.Builder()
            .url(bareUrl)
            .header("X-API-KEY", LoopbackPluggy.key())
            .header("User-Agent", "bare")
            .header("Accept", "application/json")
            .post(RequestBody.create(BODY, JSON))
            .build();
    try (Response response = bare.newCall(request).execute()) {
      return response.body().string();
    }
  }
}
