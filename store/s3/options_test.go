package s3_test

import (
	"strings"
	"testing"

	"rung"
	"rung/store/s3"
)

func TestParseOptions(t *testing.T) {
	for raw, want := range map[string]s3.Options{
		"s3://media":                             {Bucket: "media"},
		"s3://media/":                            {Bucket: "media"},
		"s3://media/live/news":                   {Bucket: "media", Prefix: "live/news"},
		"s3://media/a%20b/?region=eu-west-1":     {Bucket: "media", Prefix: "a b", Region: "eu-west-1"},
		"s3://media?endpoint=minio:9000":         {Bucket: "media", Endpoint: "minio:9000", PathStyle: true},
		"s3://media?endpoint=http://minio:9000/": {Bucket: "media", Endpoint: "minio:9000", PathStyle: true, Insecure: true},
		"s3://media?endpoint=minio:9000&insecure=true&ca_file=/ca.pem": {Bucket: "media", Endpoint: "minio:9000", PathStyle: true, Insecure: true, CAFile: "/ca.pem"},
		"s3://media?path_style=false&endpoint=ceph.example":            {Bucket: "media", Endpoint: "ceph.example"},
		"s3://media?endpoint=s3.eu-west-1.amazonaws.com":               {Bucket: "media", Endpoint: "s3.eu-west-1.amazonaws.com"},
	} {
		got, err := s3.ParseOptions(raw)
		if err != nil || got != want {
			t.Errorf("%s:\n got %+v (%v)\nwant %+v", raw, got, err, want)
		}
	}
}

func TestBadURLs(t *testing.T) {
	for raw, names := range map[string]string{
		"":                                     "s3://",
		"http://media":                         "http://media",
		"s3:///prefix":                         "s3:///prefix",
		"s3://key:secret@media":                "media",
		"s3://media?endpont=x":                 "endpont",
		"s3://media?insecure=maybe":            "maybe",
		"s3://media?endpoint=ftp://x":          "ftp://x",
		"s3://media?a=%zz":                     "media",
		"s3://%zz:secret@media?token=secret":   "media",
		"s3://media/a//b":                      "a//b",
		"s3://media?endpoint=host/with/a/path": "host/with/a/path",
	} {
		_, err := s3.Parse(raw)
		if rung.CodeOf(err) != rung.CodeInvalid || !strings.Contains(err.Error(), names) {
			t.Errorf("%q: %v, not an invalid error that names %q", raw, err, names)
			continue
		}
		if strings.Contains(rung.AsError(err).Message, "secret") {
			t.Errorf("%q: the message has the secret: %v", raw, err)
		}
	}
}

func TestParseObject(t *testing.T) {
	o, key, err := s3.ParseObject("s3://media/in/clip.ts?endpoint=minio:9000")
	if err != nil || key != "in/clip.ts" || o.Bucket != "media" || o.Prefix != "" || o.Endpoint != "minio:9000" {
		t.Errorf("%+v, %q, %v", o, key, err)
	}
	for _, raw := range []string{"s3://media", "s3://media/in/", "file:///in"} {
		if _, _, err := s3.ParseObject(raw); rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("%s: %v, not invalid", raw, err)
		}
	}
}

func FuzzParseOptions(f *testing.F) {
	for _, raw := range []string{"s3://media/live?endpoint=http://minio:9000&region=x", "s3://a:b@c", "s3://media?insecure=maybe", "s3:%zz"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		o, err := s3.ParseOptions(raw)
		if err == nil && o.Bucket == "" {
			t.Errorf("%q: no bucket and no error", raw)
		}
		if err != nil && rung.CodeOf(err) != rung.CodeInvalid {
			t.Errorf("%q: %v is not invalid", raw, err)
		}
	})
}
