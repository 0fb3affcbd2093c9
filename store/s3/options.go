package s3

import (
	"net/url"
	"strconv"
	"strings"

	"rung"
)

// Options says which bucket to use, where, and as whom.
type Options struct {
	Bucket   string // required
	Prefix   string // folder in the bucket that all keys lie below; empty: the bucket itself
	Endpoint string // host or host:port; empty: Amazon's, s3.amazonaws.com
	Region   string // empty: found out from the server
	// PathStyle puts the bucket into the path instead of the host name, as self-hosted servers mostly need it.
	PathStyle bool
	// Insecure speaks HTTP instead of HTTPS.
	Insecure bool
	// CAFile holds further certificate authorities to trust, as PEM.
	CAFile string
	// AccessKey and SecretKey, where both are set, come before all other credentials. Otherwise they are taken from
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, MINIO_ROOT_USER and MINIO_ROOT_PASSWORD (or their older names
	// MINIO_ACCESS_KEY and MINIO_SECRET_KEY), the shared file ~/.aws/credentials, and the machine's role (IAM), in that order.
	AccessKey    string
	SecretKey    string
	SessionToken string
	// Tries bounds how often one request is sent; 0: 6, which takes about 4 seconds where the server is away.
	Tries int
}

const urlHint = "write s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION&path_style=true&insecure=true&ca_file=FILE; credentials come from the environment"

// ParseOptions reads an s3:// URL: s3://bucket/prefix?endpoint=host:port&region=eu-west-1&path_style=true&insecure=true.
// An endpoint that is not Amazon's means path style unless path_style says otherwise; one written http://host means
// insecure. Unknown parameters and credentials in the URL are errors: a URL is logged and stored.
func ParseOptions(raw string) (Options, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return Options{}, rung.Errorf(rung.CodeInvalid, urlHint, "%q is not an s3:// URL with a bucket", redacted(raw))
	}
	if u.User != nil {
		return Options{}, rung.Errorf(rung.CodeInvalid, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead", "store URL of bucket %q has credentials in it", u.Host)
	}
	o := Options{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Options{}, rung.Errorf(rung.CodeInvalid, urlHint, "store URL of bucket %q has parameters that cannot be read", u.Host)
	}
	if err := o.setEndpoint(q.Get("endpoint")); err != nil {
		return Options{}, err
	}
	for name, values := range q {
		if err := o.setParameter(name, values[len(values)-1]); err != nil {
			return Options{}, err
		}
	}
	return o, nil
}

func (o *Options) setEndpoint(endpoint string) error {
	scheme, host, ok := strings.Cut(endpoint, "://")
	if !ok {
		scheme, host = "https", endpoint
	}
	if scheme != "http" && scheme != "https" {
		return rung.Errorf(rung.CodeInvalid, urlHint, "bucket %q: endpoint %q is neither http nor https", o.Bucket, endpoint)
	}
	o.Endpoint = strings.TrimSuffix(host, "/")
	o.Insecure = scheme == "http"
	o.PathStyle = host != "" && !strings.HasSuffix(host, ".amazonaws.com")
	return nil
}

func (o *Options) setParameter(name, value string) error {
	var err error
	switch name {
	case "endpoint":
	case "region":
		o.Region = value
	case "ca_file":
		o.CAFile = value
	case "path_style":
		o.PathStyle, err = strconv.ParseBool(value)
	case "insecure":
		o.Insecure, err = strconv.ParseBool(value)
	default:
		return rung.Errorf(rung.CodeInvalid, urlHint, "bucket %q: %q is no parameter of a store URL", o.Bucket, name)
	}
	if err != nil {
		return rung.Errorf(rung.CodeInvalid, urlHint, "bucket %q: %s is %q, neither true nor false", o.Bucket, name, value)
	}
	return nil
}

// redacted is a URL fit for a message: without user and parameters.
func redacted(raw string) string {
	raw, _, _ = strings.Cut(raw, "?")
	if scheme, rest, ok := strings.Cut(raw, "://"); ok {
		return scheme + "://" + rest[strings.LastIndex(rest, "@")+1:]
	}
	return raw
}
