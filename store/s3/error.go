package s3

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/minio/minio-go/v7"

	"rung"
)

// codesFull are the answers of servers whose disks or quotas are used up.
var codesFull = []string{"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "StorageFull", "InsufficientCapacity"}

// mapError gives a request's error its code; nil stays nil. what names the thing: `object "a/b"`.
func (s *Store) mapError(ctx context.Context, err error, what string) error {
	if err == nil {
		return nil
	}
	var ours *rung.Error
	if errors.As(err, &ours) {
		return err
	}
	if ctx.Err() != nil {
		return &rung.Error{Code: rung.CodeCanceled, Message: what + ": stopped before it was done", Err: err}
	}
	if e := s.certificateError(err, what); e != nil {
		return e
	}
	return s.answerError(minio.ToErrorResponse(err), err, what)
}

func (s *Store) answerError(r minio.ErrorResponse, err error, what string) error {
	where := fmt.Sprintf("bucket %s on %s", s.bucket, s.core.EndpointURL().Host)
	switch {
	case r.Code == minio.NoSuchBucket:
		return &rung.Error{Code: rung.CodeNotFound, Message: where + " does not exist", Hint: "create the bucket, or correct its name", Err: err}
	case r.Code == minio.NoSuchKey, r.StatusCode == http.StatusNotFound:
		return &rung.Error{Code: rung.CodeNotFound, Message: what + " is not in the store", Hint: "is the name right, and has it not expired?", Err: err}
	case slices.Contains(codesFull, r.Code), r.StatusCode == http.StatusInsufficientStorage:
		return &rung.Error{Code: rung.CodeFull, Message: what + ": " + where + " is full", Hint: "free space on the server or raise the bucket's quota; writing carries on by itself then", Err: err}
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		return &rung.Error{Code: rung.CodeForbidden, Message: what + ": " + where + " refuses these credentials (" + r.Code + ")", Hint: "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the bucket's policy and this machine's clock", Err: err}
	case r.StatusCode == http.StatusPreconditionFailed:
		return &rung.Error{Code: rung.CodeConflict, Message: what + " is not the one expected any more", Hint: "it has been replaced meanwhile; begin again with the new one", Err: err}
	case r.Code == "XMinioParentIsObject", r.StatusCode == http.StatusBadRequest:
		return &rung.Error{Code: rung.CodeInvalid, Message: what + ": " + where + " refuses the request (" + r.Code + ")", Hint: "check endpoint, region and path style of the store's URL; is an object in the way of a folder?", Err: err}
	}
	return &rung.Error{Code: rung.CodeUnavailable, Message: what + ": " + where + " cannot be reached or is not well", Hint: "check the endpoint and the network; work carries on by itself when the store is back", Err: err}
}

func (s *Store) certificateError(err error, what string) error {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	if errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) {
		return &rung.Error{Code: rung.CodeForbidden, Message: what + ": the certificate of " + s.core.EndpointURL().Host + " is not trusted", Hint: "add its authority with ca_file=FILE to the store's URL", Err: err}
	}
	return nil
}

// object names an object in messages.
func object(key string) string { return "object " + strconv.Quote(key) }
