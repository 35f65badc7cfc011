import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * What Java says of servers' certificates: java Clients.java HOST FOLDER... connects to a server of its own with
 * chain.pem and key.pem of each folder, trusting trust.pem, and prints a line for each: "OK", or what went wrong.
 */
public class Clients {
    public static void main(String[] arguments) throws Exception {
        for (int i = 1; i < arguments.length; i++) System.out.println(visit(arguments[0], Path.of(arguments[i])));
    }

    static String visit(String host, Path folder) throws Exception {
        SSLContext server = SSLContext.getInstance("TLS"), client = SSLContext.getInstance("TLS");
        server.init(keys(folder).getKeyManagers(), null, null);
        client.init(null, trust(folder).getTrustManagers(), null);
        try (ServerSocket listener = server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answer = new Thread(() -> serve((SSLServerSocket) listener));
            answer.start();
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
                 SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(plain, host, listener.getLocalPort(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return "OK";
            } catch (Exception wrong) {
                return wrong.getMessage();
            } finally {
                answer.join();
            }
        }
    }

    static void serve(SSLServerSocket listener) {
        try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.startHandshake();
            socket.getInputStream().read();
        } catch (Exception refused) {
            // The client says why.
        }
    }

    static KeyManagerFactory keys(Path folder) throws Exception {
        String pem = Files.readString(folder.resolve("key.pem")).replaceAll("-----[^-]+-----|\\s", "");
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        Collection<? extends Certificate> chain = certificates(folder.resolve("chain.pem"));
        String kind = chain.iterator().next().getPublicKey().getAlgorithm();
        PrivateKey key = KeyFactory.getInstance(kind).generatePrivate(encoded);
        KeyStore store = empty();
        store.setKeyEntry("server", key, new char[0], chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(store, new char[0]);
        return factory;
    }

    static TrustManagerFactory trust(Path folder) throws Exception {
        KeyStore store = empty();
        int number = 0;
        for (Certificate one : certificates(folder.resolve("trust.pem"))) store.setCertificateEntry("ca" + number++, one);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory;
    }

    static KeyStore empty() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    static Collection<? extends Certificate> certificates(Path file) throws Exception {
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }
}
